---
title: Onboarding completed
group: Choose
unit: share
description: New customers who logged in and paid a first bill (the milestone onboarded) within 60 days of their activation.
direction: up
target: 0.8
settles: 60d
filters: [city]
---
WITH begun AS (
  SELECT DISTINCT customer_id, occurred_at AS begun_at FROM events JOIN identities USING (profile_id) WHERE type = 'activation'
), reached AS (
  SELECT begun.customer_id, begun.begun_at, count(milestones.milestone) AS times
  FROM begun LEFT JOIN milestones ON milestones.customer_id = begun.customer_id AND milestones.milestone = 'onboarded'
    AND milestones.reached_at >= begun.begun_at AND milestones.reached_at < begun.begun_at + INTERVAL '60' DAY
  WHERE begun.begun_at >= CAST($from AS TIMESTAMP) AND begun.begun_at < CAST($to AS TIMESTAMP)
  GROUP BY begun.customer_id, begun.begun_at
)
SELECT CAST(begun_at AS DATE) AS day, coalesce(city, 'unknown') AS city,
  sum(CASE WHEN times > 0 THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM reached JOIN customers USING (customer_id)
GROUP BY CAST(begun_at AS DATE), coalesce(city, 'unknown')
