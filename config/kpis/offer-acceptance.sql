---
title: Retention offers that worked
group: Renew
unit: share
description: Retention and win-back offers that no churn followed within 30 days.
direction: up
settles: 30d
filters: [city]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, occurred_at,
    min(CASE WHEN type = 'churn' THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE (type IN ('retention_offer', 'winback_offer') OR type = 'churn') AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, sum(CASE WHEN next_at < occurred_at + INTERVAL '30' DAY THEN 0 ELSE 1 END) AS numerator, count(*) AS denominator
FROM steps_seen WHERE type IN ('retention_offer', 'winback_offer') AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), city
