---
title: Churned customers
unit: customers
---
SELECT count(DISTINCT customer_id) AS value FROM events JOIN identities USING (profile_id) WHERE type = 'churn'
