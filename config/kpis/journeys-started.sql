---
title: Journeys started
group: Interact
unit: journeys
description: What begins a journey that is watched, by journey.
chart: bar
filters: [city, journey]
---
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city,
  CASE type WHEN 'activation' THEN 'onboarding' WHEN 'bill_shock' THEN 'bill shock' WHEN 'outage' THEN 'outage' ELSE 'complaint' END AS journey,
  count(*) AS value
FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
WHERE type IN ('activation', 'bill_shock', 'outage', 'complaint') AND occurred_at >= CAST($from AS TIMESTAMP) AND occurred_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown'), type
