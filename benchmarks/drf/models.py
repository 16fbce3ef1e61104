"""Who and what: the tables as Django maps them. Money is kept in hundredths."""

from django.db.models import (
    DO_NOTHING,
    BigAutoField,
    BigIntegerField,
    BooleanField,
    DateField,
    DateTimeField,
    DecimalField,
    FloatField,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    OneToOneField,
    TextField,
)
from django.utils import timezone


def number(**said):
    return DecimalField(max_digits=14, decimal_places=2, **said)


def belongs(to, **said):
    return ForeignKey(to, DO_NOTHING, **said)


class User(Model):
    id = BigAutoField(primary_key=True)
    builder_id = BigIntegerField(null=True)
    team_role = TextField(null=True)
    email = TextField()
    is_active = BooleanField()
    is_authenticated = True

    class Meta:
        managed, db_table = False, "users"


class Builder(Model):
    id = BigAutoField(primary_key=True)
    slug = TextField()
    company_name = TextField()
    contact_name = TextField(null=True)
    logo_url = TextField(null=True)
    rating = DecimalField(max_digits=2, decimal_places=1, null=True)
    verified = BooleanField()

    class Meta:
        managed, db_table = False, "builders"

    @property
    def full_name(self):
        return self.contact_name or self.company_name


class Customer(Model):
    user = OneToOneField(User, DO_NOTHING, primary_key=True, db_column="id")
    first_name = TextField()
    last_name = TextField()
    phone = TextField(null=True)

    class Meta:
        managed, db_table = False, "customers"

    @property
    def full_name(self):
        return f"{self.first_name} {self.last_name}".strip()


class Project(Model):
    id = BigAutoField(primary_key=True)
    builder = belongs(Builder)
    project_name = TextField()
    slug = TextField()
    description = TextField(null=True)
    project_type = TextField()
    status = TextField()
    is_published = BooleanField()
    location_address = TextField(null=True)
    location_city = TextField()
    city_key = TextField()
    location_state = TextField(null=True)
    location_zipcode = TextField(null=True)
    latitude = FloatField(null=True)
    longitude = FloatField(null=True)
    currency = TextField()
    timezone = TextField()
    jurisdiction = TextField()
    rera_number = TextField(null=True)
    total_units = IntegerField()
    price_range_min = BigIntegerField(null=True)
    price_range_max = BigIntegerField(null=True)
    project_area = number(null=True)
    amenities = JSONField()
    towers = JSONField()
    start_date = DateField(null=True)
    expected_completion_date = DateField(null=True)
    promised_possession_date = DateField(null=True)
    forecast_possession_date = DateField(null=True)
    actual_completion_date = DateField(null=True)
    overall_progress = number()
    images = JSONField()
    floor_plans = JSONField()
    brochure_url = TextField(null=True)
    is_featured = BooleanField()
    rules = JSONField()
    version = IntegerField()
    created_at = DateTimeField()
    updated_at = DateTimeField()

    class Meta:
        managed, db_table = False, "projects"

    @property
    def location(self):
        return ", ".join(filter(None, (self.location_address, self.location_city, self.location_state)))


class Unit(Model):
    id = BigAutoField(primary_key=True)
    builder_id = BigIntegerField()
    project = belongs(Project, related_name="units")
    is_published = BooleanField()
    tower = TextField(null=True)
    unit_number = TextField()
    unit_type = TextField()
    floor_number = IntegerField()
    stack = TextField(null=True)
    area_sqft = number()
    built_up_area = number(null=True)
    super_area = number(null=True)
    area_unit = TextField()
    price = BigIntegerField()
    status = TextField()
    facing = TextField(null=True)
    bedrooms = IntegerField()
    bathrooms = IntegerField()
    balconies = IntegerField()
    parking_spaces = IntegerField()
    floor_plan_url = TextField(null=True)
    features = JSONField()
    customer_id = BigIntegerField(null=True)
    hold_expires_at = DateTimeField(null=True)
    version = IntegerField()
    created_at = DateTimeField()
    updated_at = DateTimeField()

    class Meta:
        managed, db_table = False, "units"

    @property
    def shown_status(self):
        """To visitors: a claim that has run out is none, and of any other only that there is one."""
        is_over = self.status in ("held", "reserved") and self.hold_expires_at and self.hold_expires_at <= timezone.now()
        return "available" if is_over or self.status == "available" else "not_available"
