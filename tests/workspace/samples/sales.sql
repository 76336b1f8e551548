-- orders in a comment is no use
CREATE OR REPLACE TABLE main.sales.orders (
  id BIGINT GENERATED ALWAYS AS IDENTITY, amount DECIMAL(10, 2), day DATE
) USING DELTA PARTITIONED BY (day);

CREATE OR REFRESH STREAMING TABLE bronze AS SELECT * FROM STREAM read_files('/orders');

CREATE TEMPORARY VIEW daily AS
WITH totals AS (SELECT day, sum(amount) AS total FROM main.sales.orders GROUP BY day)
SELECT * FROM totals;

CREATE FUNCTION main.sales.net(amount DECIMAL) RETURNS DECIMAL RETURN amount / 1.19;

CREATE SCHEMA archive;
