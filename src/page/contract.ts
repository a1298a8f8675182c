import SwaggerUI from 'swagger-ui-dist/swagger-ui-es-bundle.js';
import { byId } from '../markup/node.ts';

// Nothing is tried out from here: that would have portals’ secrets typed into a page that anybody can open. And
// nobody else is asked to validate the document.
SwaggerUI({
  url: byId('contract-file').getAttribute('href') ?? '',
  domNode: byId('contract'),
  validatorUrl: null,
  supportedSubmitMethods: [],
  deepLinking: true,
  defaultModelsExpandDepth: 0,
});
