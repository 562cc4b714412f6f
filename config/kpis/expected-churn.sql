---
title: Customers expected to leave
unit: customers
description: How many customers the deployed model of churn expects to leave within its two weeks, when it was last asked of everybody. Nothing until one is deployed.
---
SELECT sum(score) AS value FROM propensities WHERE model = 'churn'
