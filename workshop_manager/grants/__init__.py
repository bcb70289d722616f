"""Travel grants: funds, applications, offers."""
