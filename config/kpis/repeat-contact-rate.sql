---
title: Repeat contact within 7 days
unit: share
description: Calls that the same customer followed by another within 7 days.
---
SELECT avg(CAST(CASE WHEN next_call < occurred_at + INTERVAL '7' DAY THEN 1 ELSE 0 END AS DOUBLE PRECISION)) AS value
FROM (
  SELECT occurred_at, lead(occurred_at) OVER (PARTITION BY customer_id ORDER BY occurred_at) AS next_call
  FROM events JOIN identities USING (profile_id)
  WHERE type = 'call_center'
) AS calls
