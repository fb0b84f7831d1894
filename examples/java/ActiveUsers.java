import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.*;
import jakarta.servlet.http.*;
import java.io.IOException;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/** A request is an active user until its answer is complete. */
@Component
class ActiveUsers extends OncePerRequestFilter implements AsyncListener {
  private int active;
  private double seconds;
  private long since = System.nanoTime();

  ActiveUsers(MeterRegistry registry) {
    Gauge.builder("active_users", this, ActiveUsers::active).register(registry);
    FunctionCounter.builder("active_user_seconds", this, users -> users.change(0)).register(registry); // Prometheus: …_total
  }

  private synchronized int active() {
    return active;
  }

  private synchronized double change(int users) {
    long now = System.nanoTime();
    seconds += active * ((now - since) / 1e9);
    since = now;
    active += users;
    return seconds;
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getRequestURI().startsWith("/actuator");
  }

  @Override
  protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    change(+1);
    try {
      chain.doFilter(request, response);
    } finally {
      if (request.isAsyncStarted()) {
        request.getAsyncContext().addListener(this);
      } else {
        change(-1);
      }
    }
  }

  @Override
  public void onComplete(AsyncEvent event) { // also after an error or a timeout
    change(-1);
  }

  @Override
  public void onStartAsync(AsyncEvent event) {
    event.getAsyncContext().addListener(this); // it was started anew, which forgets listeners
  }

  @Override
  public void onError(AsyncEvent event) {}

  @Override
  public void onTimeout(AsyncEvent event) {}
}
