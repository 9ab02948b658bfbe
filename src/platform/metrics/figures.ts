import { Counter, Gauge, register } from 'prom-client';

/** The registry is the process's; a module built a second time goes on with the figure of the first one. */
export const gauge = (name: string, help: string, labelNames: string[] = []): Gauge =>
  (register.getSingleMetric(name) as Gauge | undefined) ?? new Gauge({ name, help, labelNames });

/** Starts at nothing with the process. */
export const counter = (name: string, help: string, labelNames: string[]): Counter =>
  (register.getSingleMetric(name) as Counter | undefined) ?? new Counter({ name, help, labelNames });
