---
title: Age of the newest event
unit: days
---
SELECT date_diff('day', max(occurred_at)::DATE, $business_date::DATE) AS value FROM events
