---
title: Churned customers
group: Leave
unit: customers
description: Customers who left on a day.
direction: down
chart: bar
filters: [city]
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city, count(DISTINCT customer_id) AS value
FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE type = 'churn' AND occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown')
