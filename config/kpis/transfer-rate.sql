---
title: Transfers between agents
group: Interact
unit: share
description: Calls after which the customer was handed on to another agent within a day.
direction: down
settles: 1d
filters: [city]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, occurred_at,
    min(CASE WHEN type = 'agent_transfer' THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE (type = 'call_center' OR type = 'agent_transfer') AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, sum(CASE WHEN next_at < occurred_at + INTERVAL '1' DAY THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM steps_seen WHERE type = 'call_center' AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), city
