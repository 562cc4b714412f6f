import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/**
 * What browsers are to refuse: any script, style or frame that is not the website's own, but for QuickSight's dashboards.
 *
 * @param tokenIssuer where people sign in
 */
export function securityHeaders(scope: Construct, tokenIssuer: string): ResponseHeadersPolicy {
  const override = true;
  const contentSecurityPolicy = [
    "default-src 'self'",
    `connect-src 'self' ${tokenIssuer} https://*.amazoncognito.com`,
    'frame-src https://*.quicksight.aws.amazon.com',
    "img-src 'self' data:",
    // The API's documentation has styles in its elements.
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  return new ResponseHeadersPolicy(scope, 'SecurityHeaders', {
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override },
      contentTypeOptions: { override },
      frameOptions: { frameOption: HeadersFrameOption.DENY, override },
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(730), includeSubdomains: true, override },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=()', override }],
    },
  });
}
