import { Get, JsonController } from 'routing-controllers';
import { Public, ServiceUnavailableError } from 'routing-controllers-users';
import { Service } from 'typedi';
import { Stores } from './stores.js';

/** For whoever restarts the process or sends it requests. */
@Public()
@Service()
@JsonController('/health')
export class HealthController {
  constructor(private readonly stores: Stores) {}

  @Get('/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  @Get('/ready')
  async ready(): Promise<{ status: 'ok' }> {
    const down = await this.stores.down();
    if (down.length > 0) throw new ServiceUnavailableError(5, { cause: new Error(`not answering: ${down.join(', ')}`) });
    return { status: 'ok' };
  }
}
