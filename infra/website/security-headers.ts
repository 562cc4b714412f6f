import { Duration } from 'aws-cdk-lib';
import { HeadersFrameOption, HeadersReferrerPolicy, ResponseHeadersPolicy } from 'aws-cdk-lib/aws-cloudfront';
import type { Construct } from 'constructs';

/**
 * What browsers are to refuse: any script, style or frame that is not the website's own, but for QuickSight's dashboards.
 *
 * @param tokenIssuer where people sign in
 * @param others origins whose pages may show this in a frame, or read it
 */
export function securityHeaders(
  scope: Construct,
  id: string,
  tokenIssuer: string,
  { framedBy = [], readBy = [] }: { readonly framedBy?: readonly string[]; readonly readBy?: readonly string[] } = {},
): ResponseHeadersPolicy {
  const override = true;
  const contentSecurityPolicy = [
    "default-src 'self'",
    `connect-src 'self' ${tokenIssuer} https://*.amazoncognito.com`,
    "frame-src 'self' https://*.quicksight.aws.amazon.com",
    "img-src 'self' data:",
    // The API's documentation has styles in its elements.
    "style-src 'self' 'unsafe-inline'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    `frame-ancestors ${["'self'", ...framedBy].join(' ')}`,
  ].join('; ');
  return new ResponseHeadersPolicy(scope, id, {
    ...(readBy.length > 0 && {
      corsBehavior: {
        accessControlAllowOrigins: [...readBy],
        accessControlAllowMethods: ['GET', 'HEAD'],
        accessControlAllowHeaders: ['*'],
        accessControlAllowCredentials: false,
        originOverride: true,
      },
    }),
    securityHeadersBehavior: {
      contentSecurityPolicy: { contentSecurityPolicy, override },
      contentTypeOptions: { override },
      // Its successor, frame-ancestors, can name others; this one cannot.
      ...(framedBy.length === 0 && { frameOptions: { frameOption: HeadersFrameOption.SAMEORIGIN, override } }),
      referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override },
      strictTransportSecurity: { accessControlMaxAge: Duration.days(730), includeSubdomains: true, override },
    },
    customHeadersBehavior: {
      customHeaders: [{ header: 'Permissions-Policy', value: 'camera=(), geolocation=(), microphone=()', override }],
    },
  });
}
