"""What is said of them."""

from drf.bookings import Booking
from drf.models import Builder, Customer, Project, Unit
from rest_framework import serializers


class Money(serializers.Field):
    def to_representation(self, hundredths):
        return hundredths / 100


class BuilderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Builder
        fields = ("id", "company_name", "full_name", "logo_url", "rating", "verified", "slug")


class ProjectSerializer(serializers.ModelSerializer):
    builder_id = serializers.IntegerField()
    builder = BuilderSerializer()
    available_units = serializers.IntegerField()
    price_range_min = Money()
    price_range_max = Money()

    class Meta:
        model = Project
        fields = (
            *("id", "builder_id", "project_name", "slug", "description", "project_type", "status", "location", "location_address"),
            *("location_city", "location_state", "location_zipcode", "latitude", "longitude", "currency", "timezone", "jurisdiction"),
            *("rera_number", "total_units", "available_units", "price_range_min", "price_range_max", "project_area", "amenities", "towers"),
            *("start_date", "expected_completion_date", "promised_possession_date", "forecast_possession_date", "actual_completion_date"),
            *("overall_progress", "images", "floor_plans", "brochure_url", "is_featured", "version", "created_at", "updated_at", "builder"),
        )


class UnitSerializer(serializers.ModelSerializer):
    project_id = serializers.IntegerField()
    price = Money()
    status = serializers.CharField(source="shown_status")
    hold_expires_at = serializers.ReadOnlyField(default=None, source="nothing")

    class Meta:
        model = Unit
        fields = (
            *("id", "builder_id", "project_id", "tower", "unit_number", "unit_type", "floor_number", "stack", "area_sqft"),
            *("built_up_area", "super_area", "area_unit", "price", "status", "facing", "bedrooms", "bathrooms", "balconies"),
            *("parking_spaces", "floor_plan_url", "features", "hold_expires_at", "version", "created_at", "updated_at"),
        )


class OrderSerializer(serializers.Serializer):
    unit_id = serializers.IntegerField(min_value=1)
    payment_plan = serializers.ChoiceField(["hybrid"])


class BuilderOfProjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = Builder
        fields = ("id", "company_name", "full_name")


class ProjectOfUnitSerializer(serializers.ModelSerializer):
    builder = BuilderOfProjectSerializer()

    class Meta:
        model = Project
        fields = ("id", "project_name", "location", "images", "expected_completion_date", "builder")


class UnitOfBookingSerializer(serializers.ModelSerializer):
    project = ProjectOfUnitSerializer()

    class Meta:
        model = Unit
        fields = ("id", "unit_number", "unit_type", "floor_number", "tower", "project")


class CustomerOfBookingSerializer(serializers.ModelSerializer):
    id = serializers.IntegerField(source="pk")
    email = serializers.CharField(source="user.email")

    class Meta:
        model = Customer
        fields = ("id", "full_name", "phone", "email")


class BookingSerializer(serializers.ModelSerializer):
    customer_id = serializers.IntegerField()
    unit_id = serializers.IntegerField()
    project_id = serializers.IntegerField()
    status = serializers.CharField(source="current_status")
    token_amount = Money()
    total_amount = Money()
    paid_amount = Money()
    pending_amount = Money()
    unit = UnitOfBookingSerializer()
    customer = CustomerOfBookingSerializer()

    class Meta:
        model = Booking
        fields = (
            *("id", "booking_number", "customer_id", "unit_id", "project_id", "builder_id", "status", "status_reason", "payment_plan"),
            *("payment_status", "token_amount", "total_amount", "paid_amount", "pending_amount", "currency", "booking_date"),
            *("reserve_expires_at", "confirmed_at", "promised_possession_date", "needs_loan", "special_requests", "agreement_url"),
            *("version", "unit", "customer"),
        )
