---
title: First-contact resolution
group: Manage
unit: share
description: Calls that no further call, complaint, ticket or visit to a shop of the customer followed within 7 days.
direction: up
target: 0.75
settles: 7d
filters: [city]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, occurred_at,
    min(CASE WHEN type IN ('call_center', 'complaint', 'tech_support_ticket', 'store_visit') THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE (type = 'call_center' OR type IN ('call_center', 'complaint', 'tech_support_ticket', 'store_visit')) AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, sum(CASE WHEN next_at < occurred_at + INTERVAL '7' DAY THEN 0 ELSE 1 END) AS numerator, count(*) AS denominator
FROM steps_seen WHERE type = 'call_center' AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), city
