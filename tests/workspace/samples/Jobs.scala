package jobs

import org.apache.spark.sql.{DataFrame, SparkSession}
import scala.util.Try

trait Job {
  def run(spark: SparkSession): DataFrame
}

case class Settings(path: String, limit: Int = 10)

object Daily extends Job {
  val Limit = 100
  type Rows = Seq[String]

  def run(spark: SparkSession): DataFrame = {
    def load(path: String) = spark.read.parquet(path)
    load("x").limit(Limit)
  }
}

enum Color:
  case Red, Green

given ordering: Ordering[Settings] = Ordering.by(_.limit)

extension (text: String)
  def shout: String = text.toUpperCase
