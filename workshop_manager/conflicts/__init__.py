"""Who must not judge what, and why; what they therefore never see."""
