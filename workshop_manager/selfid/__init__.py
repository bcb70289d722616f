"""Optional self-identification: who comes, asked in the organisers' words, stored without a link to anybody."""
