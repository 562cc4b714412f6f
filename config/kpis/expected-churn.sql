---
title: Customers expected to leave
group: Leave
unit: customers
description: How many customers the deployed model of churn expects to leave within its two weeks, when it was last asked of everybody. Nothing until one is deployed.
direction: down
over: last
filters: [city]
---
SELECT CAST(cut_off AS DATE) AS day, coalesce(city, 'unknown') AS city, sum(score) AS value
FROM propensities JOIN customers USING (customer_id)
WHERE model = 'churn' AND cut_off >= CAST($from AS TIMESTAMP) AND cut_off < CAST($to AS TIMESTAMP)
GROUP BY CAST(cut_off AS DATE), coalesce(city, 'unknown')
