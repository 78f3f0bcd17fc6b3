"""What runs inside Rasa (Python 3.10): sentence features, the classifier, the gateway channel."""
