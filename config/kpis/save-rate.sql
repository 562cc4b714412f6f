---
title: Customers saved
group: Renew
unit: share
description: Customers at risk who were made an offer and stayed (the milestone saved) within 60 days.
direction: up
settles: 60d
filters: [city]
---
WITH begun AS (
  SELECT customer_id, reached_at AS begun_at FROM milestones WHERE milestone = 'at-risk'
), reached AS (
  SELECT begun.customer_id, begun.begun_at, count(milestones.milestone) AS times
  FROM begun LEFT JOIN milestones ON milestones.customer_id = begun.customer_id AND milestones.milestone = 'saved'
    AND milestones.reached_at >= begun.begun_at AND milestones.reached_at < begun.begun_at + INTERVAL '60' DAY
  WHERE begun.begun_at >= CAST($from AS TIMESTAMP) AND begun.begun_at < CAST($to AS TIMESTAMP)
  GROUP BY begun.customer_id, begun.begun_at
)
SELECT CAST(begun_at AS DATE) AS day, coalesce(city, 'unknown') AS city,
  sum(CASE WHEN times > 0 THEN 1 ELSE 0 END) AS numerator, count(*) AS denominator
FROM reached JOIN customers USING (customer_id)
GROUP BY CAST(begun_at AS DATE), coalesce(city, 'unknown')
