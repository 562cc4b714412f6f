---
title: Profiles per customer
unit: profiles
description: How many ids of the sources identity resolution tied to one person on average.
---
SELECT avg(CAST(profiles AS DOUBLE PRECISION)) AS value FROM customers
