"""What a token that works once may be for."""

import enum


class Purpose(enum.Enum):
    """A token of one purpose opens nothing else."""

    SIGN_IN = "sign_in"
    MAKE_ACCOUNT = "make_account"
    RESET = "reset"
    CHANGE_EMAIL = "change_email"
    SECOND_STEP = "second_step"
    PASSKEY_SIGN_IN = "passkey_sign_in"
    PASSKEY_NEW = "passkey_new"
    TYPED = "typed"
    MERGE = "merge"
