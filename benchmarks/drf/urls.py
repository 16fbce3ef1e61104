from django.urls import path
from drf import views

urlpatterns = [
    path("health", views.health),
    path("api/projects", views.ProjectList.as_view()),
    path("api/projects/<int:project_id>/units", views.UnitList.as_view()),
    path("api/bookings/customer/<int:customer_id>", views.BookingList.as_view()),
    path("api/bookings", views.BookingCreate.as_view()),
]
