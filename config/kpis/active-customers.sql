---
title: Active customers
unit: customers
description: Customers with at least one interaction in the 30 days up to the business date or the newest event.
---
SELECT count(DISTINCT customer_id) AS value
FROM events JOIN identities USING (profile_id)
WHERE occurred_at > (SELECT max(occurred_at) FROM events) - INTERVAL '30' DAY
