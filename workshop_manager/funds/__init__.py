"""Money to be given: funds and their rules, and the ledger every figure of money is a sum of."""
