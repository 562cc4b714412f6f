---
title: Late payments
group: Pay
unit: share
description: Bills that were paid late, or reminded of, within 30 days.
direction: down
settles: 30d
filters: [city]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, occurred_at,
    min(CASE WHEN type IN ('late_payment', 'payment_reminder') THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE (type = 'bill_issued' OR type IN ('late_payment', 'payment_reminder')) AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, sum(CASE WHEN next_at < occurred_at + INTERVAL '30' DAY THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM steps_seen WHERE type = 'bill_issued' AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), city
