---
title: Outage to complaint
group: Consume
unit: share
description: Outages that the customer complained about within 14 days.
direction: down
settles: 14d
filters: [city]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, occurred_at,
    min(CASE WHEN type = 'complaint' THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE (type = 'outage' OR type = 'complaint') AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, sum(CASE WHEN next_at < occurred_at + INTERVAL '14' DAY THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM steps_seen WHERE type = 'outage' AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), city
