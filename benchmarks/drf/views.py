"""The four requests."""

import jwt
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now
from django.http import Http404, JsonResponse
from drf.bookings import Booking, BookingParty, Installment, Lead, Notification
from drf.models import Project, Unit, User
from drf.serializers import BookingSerializer, OrderSerializer, ProjectSerializer, UnitSerializer
from reserving import TOLD, installments, most_unpaid, notification, price
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

FREE = Q(status="available") | Q(status__in=["held", "reserved"], hold_expires_at__lte=Now())
AVAILABLE = (
    Unit.objects.filter(FREE, project=OuterRef("pk"), is_published=True).order_by().values("project").annotate(n=Count("*")).values("n")
)
WHOLE = Booking.objects.select_related("unit__project__builder", "customer__user").prefetch_related("installments", "payments")


def health(request):
    return JsonResponse({"status": "ok"})


class Taken(APIException):
    status_code = 409


class Bearer(BaseAuthentication):
    def authenticate(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"], audience="realestate")
            return User.objects.get(pk=int(claims["sub"]), is_active=True), None
        except (jwt.PyJWTError, User.DoesNotExist):
            raise AuthenticationFailed from None

    def authenticate_header(self, request):
        return "Bearer"


class SignedIn(APIView):
    authentication_classes = (Bearer,)
    permission_classes = (IsAuthenticated,)


class ProjectList(APIView):
    def get(self, request):
        said = request.query_params
        wanted = {"city_key": said["city"].lower()} if "city" in said else {}
        wanted |= {"status": said["status"]} if "status" in said else {}
        projects = Project.objects.filter(is_published=True, **wanted)
        page, limit = int(said.get("page", 1)), min(int(said.get("limit", 20)), 100)
        rows = projects.select_related("builder").annotate(available_units=Coalesce(Subquery(AVAILABLE), 0)).order_by("-created_at", "-id")
        shown = ProjectSerializer(rows[(page - 1) * limit : page * limit], many=True).data
        return Response({"projects": shown, "total": projects.count(), "page": page, "limit": limit})


class UnitList(APIView):
    def get(self, request, project_id):
        if not Project.objects.filter(pk=project_id, is_published=True).exists():
            raise Http404
        order = (F("tower").asc(nulls_first=True), "floor_number", "unit_number", "id")
        units = Unit.objects.filter(project=project_id).exclude(status="unreleased").order_by(*order)
        return Response(UnitSerializer(units, many=True).data)


class BookingList(SignedIn):
    def get(self, request, customer_id):
        if request.user.pk != customer_id:
            raise PermissionDenied
        bookings = WHOLE.filter(customer=customer_id).order_by("-created_at", "-id")
        return Response(BookingSerializer(bookings, many=True).data)


class BookingCreate(SignedIn):
    def post(self, request):
        order = OrderSerializer(data=request.data)
        order.is_valid(raise_exception=True)
        with transaction.atomic():
            unit = Unit.objects.select_for_update(of=("self",)).select_related("project").filter(pk=order.validated_data["unit_id"]).first()
            if unit is None:
                raise Http404
            if unit.status != "available":
                raise Taken
            booking = reserve(unit, request.user.pk)
        return Response(BookingSerializer(WHOLE.get(pk=booking.pk)).data, 201)


def reserve(unit, customer):
    known = Lead(builder_id=unit.builder_id, customer_id=customer, source="booking")
    Lead.objects.bulk_create([known], update_conflicts=True, unique_fields=["builder_id", "customer_id"], update_fields=["updated_at"])
    waiting = Booking.objects.filter(project=unit.project_id, customer=customer, status="reserved", reserve_expires_at__gt=Now())
    if waiting.count() >= most_unpaid(unit.project):
        raise Taken
    booking = Booking.objects.create(
        builder_id=unit.builder_id, project_id=unit.project_id, unit=unit, customer_id=customer, **price(unit, unit.project)
    )
    place = {"builder_id": unit.builder_id, "project_id": unit.project_id, "booking_id": booking.pk}
    BookingParty.objects.create(**place, owner_id=customer, customer_id=customer, role="owner", share=1_000_000)
    Installment.objects.bulk_create(Installment(**line) for line in installments(booking, unit.project))
    unit.status, unit.customer_id, unit.hold_expires_at = "reserved", customer, booking.reserve_expires_at
    unit.version += 1
    unit.save(update_fields=["status", "customer_id", "hold_expires_at", "version"])
    tell_team(booking, unit)
    return booking


COUNTED = """INSERT INTO notification_counters (user_id, seq) SELECT person, 1 FROM unnest(%s::bigint[]) AS person ORDER BY 1
    ON CONFLICT (user_id) DO UPDATE SET seq = notification_counters.seq + 1 RETURNING user_id, seq"""


def tell_team(booking, unit):
    """Number the notification in each inbox, counters locked in one order; the ORM cannot add in a conflict."""
    team = User.objects.filter(builder_id=booking.builder_id, is_active=True, team_role__in=TOLD).values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, [list(team)])
        counted = cursor.fetchall()
    said = notification(booking, unit, unit.project)
    Notification.objects.bulk_create(Notification(**said, user_id=person, seq=seq) for person, seq in counted)
