---
title: Digital share of contacts
group: Interact
unit: share
description: Interactions on web and app among all that customers began themselves.
direction: up
target: 0.7
filters: [city]
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city,
  sum(CASE WHEN channel IN ('web', 'app') THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE channel IN ('web', 'app', 'call', 'store') AND occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown')
