---
title: Time to resolve an outage
group: Consume
unit: hours
description: From an outage that a customer suffered to its end, of those that ended within 30 days.
direction: down
target: 24
settles: 30d
filters: [city]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, occurred_at,
    min(CASE WHEN type = 'outage_resolved' THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE type IN ('outage', 'outage_resolved') AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, sum(hours_between(occurred_at, next_at)) AS numerator, count(*) AS denominator
FROM steps_seen
WHERE type = 'outage' AND occurred_at < CAST($to AS TIMESTAMP) AND next_at < occurred_at + INTERVAL '30' DAY
GROUP BY CAST(occurred_at AS DATE), city
