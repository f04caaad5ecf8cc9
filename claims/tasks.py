"""Work done by Celery for the last stages: ids in, one act, end. Safe to run twice."""
