---
title: Active customers
group: Interact
unit: customers
description: Customers with at least one interaction in the 30 days up to the end of a day.
direction: up
over: last
filters: [city]
---
WITH seen AS (
  SELECT DISTINCT customer_id, coalesce(city, 'unknown') AS city, CAST(occurred_at AS DATE) AS day
  FROM events JOIN identities USING (profile_id) JOIN customers USING (customer_id)
), spans AS (
  SELECT city, day, lead(day) OVER (PARTITION BY customer_id ORDER BY day) AS next_day FROM seen
), changes AS (
  SELECT city, day, 1 AS change FROM spans
  UNION ALL
  SELECT city, CASE WHEN next_day < CAST(day + INTERVAL '30' DAY AS DATE) THEN next_day ELSE CAST(day + INTERVAL '30' DAY AS DATE) END, -1
  FROM spans
), grid AS (
  SELECT days.day, cities.city
  FROM (SELECT DISTINCT day FROM changes) AS days CROSS JOIN (SELECT DISTINCT city FROM changes) AS cities
), counted AS (
  SELECT grid.day, grid.city, sum(coalesce(by_day.change, 0)) OVER (PARTITION BY grid.city ORDER BY grid.day ROWS UNBOUNDED PRECEDING) AS value
  FROM grid LEFT JOIN (SELECT city, day, sum(change) AS change FROM changes GROUP BY city, day) AS by_day
    ON by_day.day = grid.day AND by_day.city = grid.city
)
SELECT day, city, value FROM counted
WHERE day >= CAST($from AS DATE) AND day < CAST($to AS DATE) AND day <= (SELECT CAST(max(occurred_at) AS DATE) FROM events)
