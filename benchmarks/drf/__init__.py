"""Django REST Framework the usual way: models, model serializers, tuned `select_related` and prefetches."""
