import { expect } from 'chai';
import { getMetadataArgsStorage } from 'routing-controllers';
import { OAuthController } from '../../../src/features/oauth/index.js';
import { describeOAuthController } from '../../../src/features/oauth/oauth.descriptions.js';
import { routeDescriptions } from '../../../src/http/index.js';

describe('the descriptions of OAuthController', () => {
  it('are there for every route, each of a name of its own', () => {
    const methods = getMetadataArgsStorage()
      .actions.filter(({ target }) => target === OAuthController)
      .map(({ method }) => String(method));
    describeOAuthController();
    const described = routeDescriptions(OAuthController);
    expect(Object.keys(described)).to.have.members(methods);
    expect(new Set(Object.values(described).map(({ operationId }) => operationId)).size).to.equal(methods.length);
  });
});
