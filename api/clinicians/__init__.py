"""What staff does: log visits, see check-ins, work through tasks."""
