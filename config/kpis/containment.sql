---
title: Self-service containment
group: Interact
unit: share
description: Visits to web and app, and calls of the voice menu, after which the customer needed no agent within a day.
direction: up
target: 0.9
settles: 1d
filters: [city, channel]
---
WITH steps_seen AS (
  SELECT customer_id, coalesce(city, 'unknown') AS city, type, channel, occurred_at,
    min(CASE WHEN type IN ('call_center', 'agent_transfer') THEN occurred_at END) OVER (
      PARTITION BY customer_id ORDER BY occurred_at, type ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
    ) AS next_at
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
  WHERE (type IN ('web_login', 'app_login', 'ivr_menu') OR type IN ('call_center', 'agent_transfer')) AND occurred_at >= CAST($from AS TIMESTAMP)
)
SELECT CAST(occurred_at AS DATE) AS day, city, channel, sum(CASE WHEN next_at < occurred_at + INTERVAL '1' DAY THEN 0 ELSE 1 END) AS numerator, count(*) AS denominator
FROM steps_seen WHERE type IN ('web_login', 'app_login', 'ivr_menu') AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), city, channel
