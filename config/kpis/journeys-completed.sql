---
title: Milestones reached
group: Interact
unit: journeys
description: Milestones that customers reached, good ones and bad ones, by milestone.
chart: bar
filters: [city, milestone]
---
SELECT CAST(reached_at AS DATE) AS day, coalesce(city, 'unknown') AS city, milestone, count(*) AS value
FROM milestones JOIN customers USING (customer_id)
WHERE reached_at >= CAST($from AS TIMESTAMP) AND reached_at < CAST($to AS TIMESTAMP)
GROUP BY CAST(reached_at AS DATE), coalesce(city, 'unknown'), milestone
