---
title: Repeat contact within 7 days
unit: share
description: Calls that the same customer followed by another within 7 days.
---
SELECT avg(CASE WHEN next_call - occurred_at < INTERVAL '7' DAY THEN 1e0 ELSE 0e0 END) AS value
FROM (
  SELECT occurred_at, lead(occurred_at) OVER (PARTITION BY customer_id ORDER BY occurred_at) AS next_call
  FROM events JOIN identities USING (profile_id)
  WHERE type = 'call_center'
) AS calls
