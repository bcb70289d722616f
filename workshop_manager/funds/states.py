"""Closed lists of money: accounts, kinds of transactions, regions and career stages a fund can be for."""

import enum


class Account(enum.Enum):
    """Where a fund's money is. The first two are its sources, below zero; the rest says what became of it."""

    PLEDGED = "pledged"
    """What the sponsor gives: minus the fund's amount."""
    OVERDRAFT = "overdraft"
    """What two people allowed beyond that: minus the sum of approved overrides."""
    AVAILABLE = "available"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CLAIMED = "claimed"
    PAID = "paid"


class Kind(enum.Enum):
    """What a transaction does."""

    PLEDGE = "pledge"
    OVERRIDE = "override"
    OFFER = "offer"
    ACCEPT = "accept"
    RELEASE = "release"
    CLAIM = "claim"
    CUT = "cut"
    PAY = "pay"
    RETURN = "return"
    CORRECT = "correct"


class Region(enum.Enum):
    """Where somebody lives."""

    AFRICA = "africa"
    ASIA = "asia"
    EUROPE = "europe"
    LATIN_AMERICA = "latin-america"
    NORTHERN_AMERICA = "northern-america"
    OCEANIA = "oceania"


class Stage(enum.Enum):
    """Where somebody is in their career."""

    STUDENT = "student"
    POSTDOC = "postdoc"
    FACULTY = "faculty"
    INDUSTRY = "industry"
    OTHER = "other"


_COUNTRIES = {
    Region.AFRICA: (
        "AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG ML MR MU MW MZ NA "
        "NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TG TN TZ UG YT ZA ZM ZW"
    ),
    Region.ASIA: (
        "AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN MO MV MY NP OM PH "
        "PK PS QA SA SG SY TH TJ TL TM TR TW UZ VN YE"
    ),
    Region.EUROPE: (
        "AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT LU LV MC MD ME MK "
        "MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA XK"
    ),
    Region.LATIN_AMERICA: (
        "AG AI AR AW BB BL BO BQ BR BS BZ CL CO CR CU CW DM DO EC FK GD GF GP GT GY HN HT JM KN KY LC MF MQ MS MX NI "
        "PA PE PR PY SR SV SX TC TT UY VC VE VG VI"
    ),
    Region.NORTHERN_AMERICA: "BM CA GL PM US",
    Region.OCEANIA: "AS AU CC CK CX FJ FM GU KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV VU WF WS",
}
REGIONS = {code: region for region, codes in _COUNTRIES.items() for code in codes.split()}
"""Region by ISO 3166 code (UN M49; the Americas as it divides them)."""
