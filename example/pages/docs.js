// The bundle asks no other origin: its validator badge is off.
window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#docs',
  deepLinking: false,
  persistAuthorization: true,
  validatorUrl: 'none',
});
