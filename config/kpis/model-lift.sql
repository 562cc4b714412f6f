---
title: Model lift
group: Data
owner: Data science
unit: times
description: How many times as frequent what a model predicts was among the tenth of customers that it had named first, once its horizon had passed; 1 is chance. Nothing until a deployed model was asked of somebody whose horizon has passed since.
direction: up
target: 2
over: last
filters: [model]
---
SELECT CAST(cut_off AS DATE) AS day, model, sum(lift10) AS numerator, count(*) AS denominator
FROM model_lifts
WHERE cut_off >= CAST($from AS TIMESTAMP) AND cut_off < CAST($to AS TIMESTAMP)
GROUP BY CAST(cut_off AS DATE), model
