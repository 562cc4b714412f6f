---
title: Age of the newest event
unit: days
---
SELECT date_diff('day', CAST(max(occurred_at) AS DATE), CAST($business_date AS DATE)) AS value FROM events
