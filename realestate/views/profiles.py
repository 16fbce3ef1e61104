"""Companies and customers, as they see themselves."""

from realestate.models.accounts import Builder, BuilderAccount, Customer
from realestate.reading import Detail
from realestate.schemas.profiles import BuilderAccountOut, CustomerProfile, OwnBuilderProfile

OWN_BUILDER = Detail(Builder, OwnBuilderProfile)
OWN_ACCOUNT = Detail(BuilderAccount, BuilderAccountOut, key="builder_id")
OWN_CUSTOMER = Detail(Customer, CustomerProfile)
