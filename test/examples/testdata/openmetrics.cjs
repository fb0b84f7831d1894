// Has an application's prom-client answer in OpenMetrics.
const { register, Registry } = require(require.resolve('prom-client', { paths: [process.cwd()] }));
register.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
