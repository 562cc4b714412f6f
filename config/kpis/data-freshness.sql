---
title: Age of the newest event
unit: days
---
SELECT days_between(max(occurred_at), $business_date) AS value FROM events
