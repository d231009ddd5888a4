"""The local web application: record, upload, look at results and at their history."""
