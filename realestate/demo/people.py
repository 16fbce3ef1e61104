"""Who appears in the demo data. Everybody has the same password; the addresses at test.com are those that people are told."""

from dataclasses import dataclass

from realestate.models.accounts import BuilderStatus, TeamRole

R = TeamRole


@dataclass(frozen=True, slots=True)
class Company:
    """A builder with its team: role, address, name; the owner comes first."""

    slug: str
    name: str
    license_number: str
    phone: str
    address: str
    about: str
    team: tuple[tuple[TeamRole, str, str], ...]
    rating: str | None = None
    country: str = "IN"
    currency: str = "INR"
    timezone: str = "Asia/Kolkata"
    status: BuilderStatus = BuilderStatus.active


COMPANIES = (
    Company(
        "deccan-crest-homes",
        "Deccan Crest Homes",
        "MH-DEV-2009-00417",
        "+912040001200",
        "4th Floor, Crest House, Senapati Bapat Road, Pune 411016",
        "Family homes and workplaces in western India since 2009. Eleven projects delivered, 2,300 keys handed over.",
        (
            (R.owner, "builder@test.com", "Meera Kulkarni"),
            (R.admin, "office@test.com", "Sanjay Bhosale"),
            (R.sales_manager, "manager@test.com", "Farah Shaikh"),
            (R.sales_manager, "riverwalk@test.com", "Vivek Apte"),
            (R.sales, "sales3@test.com", "Aarti Salunkhe"),
            (R.sales, "sales@test.com", "Nikhil Jadhav"),
            (R.finance, "finance@test.com", "Lakshmi Narayanan"),
            (R.engineer, "engineer@test.com", "Prakash Gaikwad"),
            (R.support, "support@test.com", "Anjali Pawar"),
            (R.viewer, "viewer@test.com", "Thomas Varghese"),
        ),
        rating="4.6",
    ),
    Company(
        "palm-meridian-developments",
        "Palm Meridian Developments",
        "DLD-DEV-1186",
        "+97140001186",
        "Office 1902, Meridian Tower, Business Bay, Dubai",
        "Waterfront homes in Dubai and Abu Dhabi, with escrow accounts for every project.",
        (
            (R.owner, "builder2@test.com", "Khalid Al Suwaidi"),
            (R.sales, "sales2@test.com", "Elena Petrova"),
            (R.finance, "finance2@test.com", "Imran Qureshi"),
        ),
        rating="4.4",
        country="AE",
        currency="AED",
        timezone="Asia/Dubai",
    ),
    Company(
        "kaveri-vista-builders",
        "Kaveri Vista Builders",
        "KA-DEV-2012-00238",
        "+918040002380",
        "88 Residency Road, Bengaluru 560025",
        "Green-rated communities close to the technology corridors of Bengaluru and Hyderabad.",
        (
            (R.owner, "arjun.gowda@kaveri.example.com", "Arjun Gowda"),
            (R.sales, "divya.reddy@kaveri.example.com", "Divya Reddy"),
            (R.finance, "suresh.hegde@kaveri.example.com", "Suresh Hegde"),
        ),
        rating="4.3",
    ),
    Company(
        "aravalli-urban-spaces",
        "Aravalli Urban Spaces",
        "HR-DEV-2014-00152",
        "+911240001520",
        "Plot 21, Golf Course Road, Gurugram 122002",
        "Low-density residences, and serviced land for industry, in Haryana and Mumbai.",
        (
            (R.owner, "ritu.malhotra@aravalli.example.com", "Ritu Malhotra"),
            (R.sales, "karan.sethi@aravalli.example.com", "Karan Sethi"),
            (R.finance, "neha.bansal@aravalli.example.com", "Neha Bansal"),
        ),
        rating="4.0",
    ),
    Company(
        "konkan-shore-living",
        "Konkan Shore Living",
        "GA-DEV-2026-00009",
        "+918320000090",
        "12 Rua de Ourem, Panaji 403001",
        "A young company preparing its first villas by the sea.",
        ((R.owner, "savio.fernandes@konkan.example.com", "Savio Fernandes"),),
        status=BuilderStatus.pending,
    ),
)

SITE_MANAGER, SITE = "riverwalk@test.com", "Deccan Crest Riverwalk"
"""Who is limited to one project, and which."""
NEWCOMER = "nadia.khan@example.com"
"""Who has been invited into the first company and has not come yet."""

CUSTOMERS = (
    "Rohan Deshpande",
    "Fatima Al Mansoori",
    "Asha Rao",
    "Vikram Singh",
    "Priya Nair",
    "Aditya Joshi",
    "Sneha Patil",
    "Mohammed Ansari",
    "Kavya Krishnan",
    "Rahul Mehta",
    "Ananya Chatterjee",
    "Harpreet Kaur",
    "Siddharth Iyer",
    "Pooja Agarwal",
    "Omar Haddad",
    "Deepak Verma",
    "Ishita Banerjee",
    "Ganesh Shinde",
    "Layla Rahman",
    "Manish Gupta",
    "Ritika Kapoor",
    "Joseph Mathew",
    "Shalini Menon",
    "Amit Chavan",
    "Zainab Sheikh",
    "Tarun Bhatia",
    "Nandini Murthy",
    "Yusuf Al Hashimi",
    "Sunita Yadav",
    "Gaurav Saxena",
    "Meghna Sinha",
    "Daniel D'Souza",
    "Swati Deshmukh",
    "Abhishek Mishra",
    "Noura Al Ketbi",
    "Rajesh Pillai",
    "Tanvi Shah",
    "Arvind Subramanian",
    "Huda Ibrahim",
    "Varun Malik",
    "Lata Kamble",
    "Peter Wilson",
)
"""The first two are customer@test.com and customer2@test.com."""

HOMES = (
    "Kothrud, Pune",
    "Andheri East, Mumbai",
    "Indiranagar, Bengaluru",
    "Kondapur, Hyderabad",
    "Sector 50, Gurugram",
    "Al Barsha, Dubai",
)

REMARKS = (
    "Please keep two parking spaces next to each other.",
    "We would like a modular kitchen quote before possession.",
    "My parents will live here: grab rails in both bathrooms, please.",
    "East-facing pooja niche if the layout allows it.",
)

LET_GO = ("We have found a home closer to school.", "The bank has offered less than we hoped for.", "We are moving abroad.")

TURNED_DOWN = ("The documents could not be verified.", "The unit has been allotted to the landowner's family.")

BLOCKED = ("Model flat", "Reserved for the landowner", "Mortgaged to the project lender")
