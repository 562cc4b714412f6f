---
title: Age of the newest event
group: Data
unit: days
description: Calendar days from the newest event to the business date.
direction: down
target: 1
over: last
---
SELECT CAST(CAST($to AS DATE) - INTERVAL '1' DAY AS DATE) AS day, days_between(max(occurred_at), CAST($to AS DATE)) - 1 AS value
FROM events HAVING count(*) > 0
