---
title: Satisfaction by journey
group: Recommend
unit: score
description: The mean score from 1 to 5 by what the customer last went through in the 30 days before the survey.
direction: up
target: 4
chart: bar
filters: [city, journey]
---
WITH before AS (
  SELECT ratings.profile_id, ratings.occurred_at, ratings.score, rater.customer_id, max(events.occurred_at) AS last_at
  FROM ratings JOIN identities AS rater ON rater.profile_id = ratings.profile_id
    JOIN identities AS same ON same.customer_id = rater.customer_id
    JOIN events ON events.profile_id = same.profile_id
  WHERE ratings.score IS NOT NULL AND events.type IN ('activation', 'bill_shock', 'outage', 'complaint')
    AND events.occurred_at <= ratings.occurred_at AND events.occurred_at >= ratings.occurred_at - INTERVAL '30' DAY
    AND ratings.occurred_at >= CAST($from AS TIMESTAMP) AND ratings.occurred_at < CAST($to AS TIMESTAMP)
  GROUP BY ratings.profile_id, ratings.occurred_at, ratings.score, rater.customer_id
), named AS (
  SELECT before.occurred_at, before.score, before.customer_id, min(events.type) AS type
  FROM before JOIN identities ON identities.customer_id = before.customer_id
    JOIN events ON events.profile_id = identities.profile_id AND events.occurred_at = before.last_at
  WHERE events.type IN ('activation', 'bill_shock', 'outage', 'complaint')
  GROUP BY before.profile_id, before.occurred_at, before.score, before.customer_id
)
SELECT CAST(occurred_at AS DATE) AS day, coalesce(city, 'unknown') AS city,
  CASE type WHEN 'activation' THEN 'onboarding' WHEN 'bill_shock' THEN 'bill shock' ELSE type END AS journey,
  sum(score) AS numerator, count(*) AS denominator
FROM named JOIN customers USING (customer_id)
GROUP BY CAST(occurred_at AS DATE), coalesce(city, 'unknown'), type
