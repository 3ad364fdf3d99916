/** How many series a scrape has at most: each label of a stranger's choosing is bounded. What is left out is counted in `redeliver_metrics_left_out`. */
export interface MetricsLimits {
  /** Queues with series of their own. */
  readonly queuesMax: number;
  /** Groups of one queue whose arrivals are counted each for itself; the others together as `other`. */
  readonly groupsPerQueue: number;
  /** Of consumer groups on topics. */
  readonly lagSeriesMax: number;
}

export const usualMetricsLimits: MetricsLimits = { queuesMax: 2_000, groupsPerQueue: 10, lagSeriesMax: 20_000 };
